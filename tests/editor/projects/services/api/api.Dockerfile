FROM busybox
EXPOSE 8000
WORKDIR /srv
COPY index.html .
CMD ["httpd", "-f", "-p", "8000", "-h", "/srv"]
